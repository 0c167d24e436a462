@critical @nightly @gate
Feature: Authorize a card payment, and take the money later
  The money is reserved when the customer orders, and taken when the parcel leaves the house.

  Rule: What was reserved can be captured once

    Background:
      When we call createPaymentIntent with
        | amount         | 2000         |
        | currency       | eur          |
        | capture_method | manual       |
        | payment_method | pm_card_visa |
        | confirm        | true         |
        | metadata.order | 1001         |
      Then the answer is 200
      And "$.status" is "requires_capture"
      And "$.amount_capturable" is 2000
      And we remember "$.id" as payment

    @hypercare @kpi:authorization-success
    Scenario: The whole reservation is captured
      When we call capturePaymentIntent with
        | id | {payment} |
      Then the answer is 200
      And "$.status" is "succeeded"
      And "$.amount_received" is 2000
      And "$.amount_capturable" is 0
      And "$.metadata.order" is "1001"
      And it took less than 2 s

    Scenario: Less than was reserved is captured, and the rest is released
      When we call capturePaymentIntent with
        | id                | {payment} |
        | amount_to_capture | 1500      |
      Then the answer is 200
      And "$.amount_received" is 1500
      And "$.amount_capturable" is 0

    Scenario: More than was reserved is refused
      When we call capturePaymentIntent with
        | id                | {payment} |
        | amount_to_capture | 2001      |
      Then the answer is 400
      And "$.error.code" is "amount_too_large"
      When we call getPaymentIntent with
        | id | {payment} |
      Then "$.status" is "requires_capture"

    Scenario: A second capture is refused
      When we call capturePaymentIntent with
        | id | {payment} |
      Then the answer is 200
      When we call capturePaymentIntent as second with
        | id | {payment} |
      Then the second's "$.error.code" is "payment_intent_unexpected_state"
      And the answer is 400

    @hypercare
    Scenario: A reservation that is not needed is given up
      When we call cancelPaymentIntent with
        | id                  | {payment}             |
        | cancellation_reason | requested_by_customer |
      Then the answer is 200
      And "$.status" is "canceled"
      And "$.cancellation_reason" is "requested_by_customer"
      And "$.amount_capturable" is 0
      When we call capturePaymentIntent with
        | id | {payment} |
      Then the answer is 400

  Rule: Nothing is reserved before the customer has agreed

    Scenario: A payment without a card waits for one
      When we call createPaymentIntent with
        | amount   | 2000 |
        | currency | eur  |
      Then the answer is 200
      And "$.status" is "requires_payment_method"
      And "$.latest_charge" is null
      And "$.livemode" is false

    Scenario: A card that asks for 3-D Secure leaves the payment waiting
      When we call createPaymentIntent with
        | amount         | 2000                          |
        | currency       | eur                           |
        | payment_method | pm_card_threeDSecure2Required |
        | confirm        | true                          |
      Then the answer is 200
      And "$.status" is "requires_action"
      And "$.next_action.type" is a string
      And "$.amount_received" is 0
