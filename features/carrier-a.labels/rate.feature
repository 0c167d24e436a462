@nightly @gate
Feature: Parcels that no service takes
  The carrier answers such a request with success. Whoever looks at the status alone sends nothing, and notices late.

  @critical @failure:soft-failure
  Scenario: A parcel that is too heavy comes back without rates, and says why
    When we call createShipment with
      """json
      {
        "shipment": {
          "reference": "order-1002",
          "to_address": {"street1": "179 N Harbor Dr", "city": "Redondo Beach", "zip": "90277", "country": "US"},
          "from_address": {"street1": "417 Montgomery St", "city": "San Francisco", "zip": "94104", "country": "US"},
          "parcel": {"length": 20, "width": 20, "height": 20, "weight": 1600}
        }
      }
      """
    Then the answer is 201
    And "$.rates" has 0 items
    And "$.messages[0].type" is "rate_error"
    And every "$.messages[*].message" is a string
