@nightly @gate @only:mock
Feature: Stripe in trouble
  What our side does when Stripe throttles, breaks or falls silent: it waits, it tries again, and it charges once.

  Rule: Throttling is waited out

    @critical @failure:rate-limit
    Scenario: Throttling is waited out, and the customer is charged once
      Given the partner throttles the next 2 calls
      When we call createPaymentIntent with
        | amount         | 2000         |
        | currency       | eur          |
        | payment_method | pm_card_visa |
        | confirm        | true         |
      Then the answer is 200
      And we made 3 attempts, each with the same idempotency key
      And we waited at least as long as the partner asked, or 1 s and 2 s where it said nothing
      And the partner holds 1 payment

    Scenario: Throttling that does not end is told as throttling
      Given the partner throttles every call
      When we call getPaymentIntent with
        | id | pi_123 |
      Then the answer is 429
      And "$.error.code" is "rate_limit"
      And the header "stripe-rate-limited-reason" is "endpoint-rate"
      And the header "retry-after" is absent
      And we made 3 attempts

  Rule: A lost answer does not cost the customer

    @critical @failure:timeout
    Scenario: A payment whose answer was lost is made once
      Given the partner stays silent for the next call
      When we call createPaymentIntent with
        | amount         | 2000         |
        | currency       | eur          |
        | payment_method | pm_card_visa |
        | confirm        | true         |
      Then the answer is 200
      And the header "idempotent-replayed" is "true"
      And we made 2 attempts, each with the same idempotency key
      And the partner received createPaymentIntent 2 times
      And the partner holds 1 payment

    Scenario: Lasting silence is told as silence
      Given the partner stays silent for every call of getPaymentIntent
      When we call getPaymentIntent with
        | id | pi_123 |
      Then there is no answer: timeout
      And we made 3 attempts

  Rule: What breaks at Stripe is tried again, and then told

    @failure:server-error
    Scenario: A passing outage is overcome
      Given the partner answers the next 2 calls with 503
      When we call capturePaymentIntent with
        | id | pi_456 |
      Then the answer is 200
      And "$.amount_received" is 2000
      And we made 3 attempts, each with the same idempotency key
      And we waited at least as long as the partner asked, or 1 s and 2 s where it said nothing

    Scenario Outline: A lasting outage is told as it is
      Given the partner answers every call with <status>
      When we call createPaymentIntent with
        | amount   | 2000 |
        | currency | eur  |
      Then the answer is <status>
      And "$.error.type" is "api_error"
      And we made 3 attempts, each with the same idempotency key
      And the partner holds 0 payments

      Examples:
        | status |
        | 500    |
        | 503    |
