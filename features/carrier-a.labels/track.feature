@nightly @gate
Feature: Tell where a parcel is

  Scenario Outline: A parcel's number tells its state
    When we call createTracker with
      | tracker.tracking_code | <number> |
    Then the answer is 200
    And "$.tracking_code" is "<number>"
    And "$.status" is "<state>"
    And every "$.tracking_details[*].datetime" is a time, if any

    Examples:
      | number       | state            |
      | EZ1000000001 | pre_transit      |
      | EZ2000000002 | in_transit       |
      | EZ3000000003 | out_for_delivery |
      | EZ4000000004 | delivered        |
      | EZ5000000005 | return_to_sender |
      | EZ6000000006 | failure          |
      | EZ7000000007 | unknown          |

  @hypercare
  Scenario: A parcel that arrived has come to its end
    When we call createTracker with
      | tracker.tracking_code | EZ4000000004 |
      | tracker.carrier       | USPS         |
    Then the answer is 200
    And "$.status" is "delivered"
    And "$.carrier" is "USPS"
    And it took less than 5 s
