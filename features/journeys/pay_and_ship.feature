@nightly @gate
Feature: From order to doorstep
  Money and parcel belong together: it is taken when the label is there, and given up when there is none.

  Background:
    When we call stripe.payments: createPaymentIntent with
      | amount         | 4900         |
      | currency       | usd          |
      | capture_method | manual       |
      | payment_method | pm_card_visa |
      | confirm        | true         |
      | metadata.order | 1001         |
    Then "$.status" is "requires_capture"
    And we remember "$.id" as payment
    When we call carrier-a.labels: createShipment with
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

  @critical @kpi:order-to-doorstep
  Scenario: The money is taken when the label is there
    When we call carrier-a.labels: buyLabel as label with
      | id      | {shipment} |
      | rate.id | {rate}     |
    Then the label's "$.postage_label.label_url" is a string
    And we remember "$.tracking_code" as number
    When we call stripe.payments: capturePaymentIntent as capture with
      | id | {payment} |
    Then the capture's "$.status" is "succeeded"
    And "$.amount_received" is 4900
    When we call carrier-a.labels: createTracker with
      | tracker.tracking_code | {number} |
    Then "$.tracking_code" is {number}

  Scenario: An order that is called off costs nothing
    When we call carrier-a.labels: buyLabel with
      | id      | {shipment} |
      | rate.id | {rate}     |
    Then the answer is 200
    When we call carrier-a.labels: voidLabel with
      | id | {shipment} |
    Then "$.refund_status" is one of "submitted", "refunded"
    When we call stripe.payments: cancelPaymentIntent with
      | id                  | {payment}             |
      | cancellation_reason | requested_by_customer |
    Then "$.status" is "canceled"
    And "$.amount_received" is 0
