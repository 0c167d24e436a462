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

  Rule: A connection that breaks does not cost the customer

    @critical @failure:connection-reset
    Scenario Outline: A payment that was cut off is made once
      Given the partner cuts the connection <moment> the next call
      When we call createPaymentIntent with
        | amount         | 2000         |
        | currency       | eur          |
        | payment_method | pm_card_visa |
        | confirm        | true         |
      Then the answer is 200
      And we made 2 attempts, each with the same idempotency key
      And the partner received createPaymentIntent 2 times
      And the partner holds 1 payment

      Examples:
        | moment                          |
        | before it carries out           |
        | before it answers               |
        | in the headers of its answer to |
        | in the body of its answer to    |

    Scenario: Connections that keep breaking are told as broken
      Given the partner cuts the connection before it answers every call
      When we call createPaymentIntent with
        | amount   | 2000 |
        | currency | eur  |
      Then there is no answer: reset
      And we made 3 attempts, each with the same idempotency key
      And the partner holds 1 payment

    Scenario: Half an answer is no answer, and whoever repeats the call is told of the same payment
      Given the partner's answer to the next call is cut short
      When we call createPaymentIntent with
        | amount         | 2000         |
        | currency       | eur          |
        | payment_method | pm_card_visa |
        | confirm        | true         |
      Then there is no answer: protocol
      And we made 1 attempt
      When we repeat the call
      Then the answer is 200
      And the header "idempotent-replayed" is "true"
      And the partner holds 1 payment

  Rule: A slow answer is waited for, as long as we bear

    Scenario: An answer that comes late is still an answer
      Given the partner takes 15 s for the next call
      When we call createPaymentIntent with
        | amount   | 2000 |
        | currency | eur  |
      Then the answer is 200
      And we made 1 attempt
      And it took less than 19 s

    Scenario: An answer that comes too late is asked for again, and the payment made once
      Given the partner takes 21 s for the next call
      When we call createPaymentIntent with
        | amount   | 2000 |
        | currency | eur  |
      Then the answer is 200
      And the header "idempotent-replayed" is "true"
      And we made 2 attempts, each with the same idempotency key
      And the partner holds 1 payment

    Scenario: An answer that only drips is given up as a whole
      Given the partner answers every call in drops, a byte every 1 s
      When we call getPaymentIntent with
        | id | pi_123 |
      Then there is no answer: timeout
      And we made 3 attempts

  Rule: Maintenance is waited out

    @failure:maintenance
    Scenario: We come back when Stripe says that it is back
      Given the partner is down for maintenance for the next call
      When we call createPaymentIntent with
        | amount   | 2000 |
        | currency | eur  |
      Then the answer is 200
      And we made 2 attempts, each with the same idempotency key
      And we waited at least as long as the partner asked, or 1 s where it said nothing
      And the partner holds 1 payment

    Scenario: Maintenance that does not end is told, page and all
      Given the partner is down for maintenance for every call
      When we call getPaymentIntent with
        | id | pi_123 |
      Then the answer is 503
      And the header "retry-after" is "30"
      And the answer breaks the contract
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
