@nightly @gate
Feature: Refund a payment

  Background:
    When we call createPaymentIntent with
      | amount         | 2000         |
      | currency       | eur          |
      | payment_method | pm_card_visa |
      | confirm        | true         |
    Then the answer is 200
    And "$.status" is "succeeded"
    And we remember "$.id" as payment

  @critical
  Scenario: A payment is refunded in full
    When we call createRefund with
      | payment_intent | {payment}             |
      | reason         | requested_by_customer |
    Then the answer is 200
    And "$.amount" is 2000
    And "$.payment_intent" is {payment}
    And "$.status" is one of "succeeded", "pending"

  @only:mock
  Scenario: A payment is refunded in two parts
    When we call createRefund as first with
      | payment_intent | {payment} |
      | amount         | 500       |
    And we call createRefund as rest with
      | payment_intent | {payment} |
    Then the first's "$.amount" is 500
    And the rest's "$.amount" is 1500
    And the partner holds 2 refunds

  Scenario: A payment that was refunded in full cannot be refunded again
    When we call createRefund with
      | payment_intent | {payment} |
    Then the answer is 200
    When we call createRefund with
      | payment_intent | {payment} |
    Then the answer is 400
    And "$.error.code" is "charge_already_refunded"

  Scenario: More than was paid cannot be refunded
    When we call createRefund with
      | payment_intent | {payment} |
      | amount         | 2001      |
    Then the answer is 400
    And "$.error.type" is "invalid_request_error"
