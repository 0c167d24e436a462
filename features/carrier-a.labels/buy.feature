@critical @nightly @gate
Feature: Buy a label for a parcel

  Background:
    When we call createShipment with
      | shipment.reference            | order-1001        |
      | shipment.to_address.name      | Kim Lind          |
      | shipment.to_address.street1   | 179 N Harbor Dr   |
      | shipment.to_address.city      | Redondo Beach     |
      | shipment.to_address.state     | CA                |
      | shipment.to_address.zip       | 90277             |
      | shipment.to_address.country   | US                |
      | shipment.from_address.company | Warehouse West    |
      | shipment.from_address.street1 | 417 Montgomery St |
      | shipment.from_address.city    | San Francisco     |
      | shipment.from_address.state   | CA                |
      | shipment.from_address.zip     | 94104             |
      | shipment.from_address.country | US                |
      | shipment.from_address.phone   | 4155550100        |
      | shipment.parcel.length        | 10                |
      | shipment.parcel.width         | 8                 |
      | shipment.parcel.height        | 4                 |
      | shipment.parcel.weight        | 15.4              |
    Then the answer is 201
    And we remember "$.id" as shipment
    And we remember "$.rates[0].id" as rate

  Rule: A parcel is rated before anything is paid

    @hypercare
    Scenario: A parcel gets rates, and no label yet
      Then every "$.rates[*].rate" matches /^\d+\.\d+$/
      And every "$.rates[*].currency" is "USD"
      And every "$.messages[*].type" is a string, if any
      And "$.reference" is "order-1001"
      And "$.parcel.weight" is 15.4
      And "$.to_address.zip" is "90277"
      And "$.postage_label" is null

  Rule: A label is bought once

    @hypercare @kpi:label-creation
    Scenario: A rate becomes a label
      When we call buyLabel with
        | id      | {shipment} |
        | rate.id | {rate}     |
      Then the answer is 200
      And "$.selected_rate.id" is {rate}
      And "$.postage_label.label_url" matches /^https:/
      And "$.tracking_code" is a string
      And it took less than 10 s
      When we call getShipment with
        | id | {shipment} |
      Then "$.postage_label.label_url" is a string
      When we call voidLabel with
        | id | {shipment} |
      Then the answer is 200

    Scenario: A second label for the same parcel is refused
      When we call buyLabel with
        | id      | {shipment} |
        | rate.id | {rate}     |
      Then the answer is 200
      When we call buyLabel as second with
        | id      | {shipment} |
        | rate.id | {rate}     |
      Then the second's "$.error.code" is "SHIPMENT.POSTAGE.EXISTS"
      And the answer is 422

    @only:mock
    Scenario: A rate of another parcel buys nothing
      When we call buyLabel with
        | id      | {shipment}           |
        | rate.id | rate_of_another_time |
      Then the answer is 422
      And "$.error.code" is "SHIPMENT.POSTAGE.FAILURE"

  Rule: A label that is not used is given back

    Scenario: A label is voided
      When we call buyLabel with
        | id      | {shipment} |
        | rate.id | {rate}     |
      Then the answer is 200
      When we call voidLabel with
        | id | {shipment} |
      Then the answer is 200
      And "$.refund_status" is one of "submitted", "refunded"

    Scenario: There is nothing to void before a label was bought
      When we call voidLabel with
        | id | {shipment} |
      Then the answer is 422
      And "$.error.code" is a string
