@nightly @gate @only:mock
Feature: The carrier changes without a word

  @critical @failure:schema-drift
  Scenario Outline: A change that would break us is found
    Given the partner's answer drifts: "<place>" <change>
    When we call getShipment with
      | id | shp_123 |
    Then the answer is 200
    And breaking drift is found at "<place>"

    Examples:
      | place                     | change               |
      | $.status                  | has an unknown value |
      | $.postage_label           | is missing           |
      | $.postage_label.label_url | has another type     |
      | $.rates[0].rate           | has another type     |

  Scenario: A finer state of a parcel is tolerated, as the record says
    Given the partner's answer to createTracker drifts: "$.status_detail" has an unknown value
    When we call createTracker with
      | tracker.tracking_code | EZ2000000002 |
    Then the answer is 200
    And tolerated drift is found at "$.status_detail"

  Scenario: A member that we do not know yet is noted, and does no harm
    Given the partner's answer drifts: "$.carbon_grams" is new
    When we call getShipment with
      | id | shp_123 |
    Then the answer keeps the contract
    And additive drift is found at "$.carbon_grams"
