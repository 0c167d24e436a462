@nightly @gate
Feature: Requests that the carrier refuses

  Rule: A request has to make sense

    Scenario: A parcel has to go somewhere
      When we wrongly call createShipment without "shipment.to_address"
      Then the answer is 422
      And "$.error.code" is "PARAMETER.REQUIRED"
      And every "$.error.errors[*].field" is a string

    Scenario: A tracker needs a number
      When we wrongly call createTracker without "tracker.tracking_code"
      Then the answer is 422

    @hypercare
    Scenario: A shipment that nobody made is not found
      When we call getShipment with
        | id | shp_that_nobody_made |
      Then the answer is 404
      And "$.error.code" is "NOT_FOUND"

  Rule: A caller has to be known

    @critical @failure:auth-refused
    Scenario: A wrong key is refused, and not tried again
      Given our credentials are wrong
      When we call getShipment with
        | id | shp_123 |
      Then the answer is 401
      And "$.error.code" is a string
      And we made 1 attempt

    Scenario: No key is refused as well
      Given our credentials are missing
      When we call createTracker with
        | tracker.tracking_code | EZ1000000001 |
      Then the answer is 401

  Rule: No label without money and permission

    @only:mock
    Scenario Outline: A purchase that is turned away leaves no label
      Given the partner answers the next call with <status>
      When we call buyLabel with
        | id      | shp_100 |
        | rate.id | rate_1  |
      Then the answer is <status>
      And "$.error.code" is "<code>"
      And we made 1 attempt
      When we call getShipment with
        | id | shp_100 |
      Then "$.postage_label" is null

      Examples:
        | status | code             |
        | 400    | BAD_REQUEST      |
        | 402    | PAYMENT_REQUIRED |
        | 403    | FORBIDDEN        |
