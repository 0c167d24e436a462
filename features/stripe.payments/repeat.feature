@nightly @gate
Feature: A repeated call charges once
  Every write carries an idempotency key. Whatever is repeated with the same key must not cost the customer twice.

  @critical
  Scenario: The same call gives the same payment
    When we call createPaymentIntent as first with
      | amount         | 2000         |
      | currency       | eur          |
      | payment_method | pm_card_visa |
      | confirm        | true         |
    Then the answer is 200
    And the header "idempotent-replayed" is absent
    And we remember "$.id" as payment
    When we repeat the call
    Then the answer is 200
    And "$.id" is {payment}
    And the header "idempotent-replayed" is "true"

  Scenario: One key cannot stand for two amounts
    When we call createPaymentIntent with
      | amount   | 2000 |
      | currency | eur  |
    Then the answer is 200
    When we repeat the call, but
      | amount | 2100 |
    Then the answer is 400
    And "$.error.type" is "idempotency_error"

  Scenario: A decline stays a decline
    When we call createPaymentIntent with
      | amount         | 2000                   |
      | currency       | eur                    |
      | payment_method | pm_card_chargeDeclined |
      | confirm        | true                   |
    Then the answer is 402
    When we repeat the call
    Then the answer is 402
    And the header "idempotent-replayed" is "true"

  @critical @only:mock @failure:duplicate-request
  Scenario: A refund whose answer was lost is not paid out twice
    When we call createPaymentIntent with
      | amount         | 2000         |
      | currency       | eur          |
      | payment_method | pm_card_visa |
      | confirm        | true         |
    Then the answer is 200
    And we remember "$.id" as payment
    Given the partner stays silent for the next call
    When we call createRefund with
      | payment_intent | {payment} |
      | amount         | 500       |
    Then the answer is 200
    When we repeat the call
    Then the header "idempotent-replayed" is "true"
    And the partner received createRefund 3 times
    And the partner holds 1 refund
