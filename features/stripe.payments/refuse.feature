@nightly @gate
Feature: Requests that Stripe refuses
  Each refusal says in one code what is wrong, so that our connector never has to read a sentence.

  Rule: A request has to make sense

    Scenario: A payment needs an amount
      When we wrongly call createPaymentIntent without "amount"
      Then the answer is 400
      And "$.error.code" is "parameter_missing"
      And "$.error.param" is "amount"

    Scenario: An amount is a whole number of cents
      When we wrongly call createPaymentIntent with
        | amount   | twenty |
        | currency | eur    |
      Then the answer is 400
      And "$.error.type" is "invalid_request_error"

    Scenario: A refund has to say of which payment
      When we wrongly call createRefund without "payment_intent"
      Then the answer is 400
      And "$.error.code" is "parameter_missing"

    @hypercare
    Scenario: A payment that nobody made is not found
      When we call getPaymentIntent with
        | id | pi_that_nobody_made |
      Then the answer is 404
      And "$.error.code" is "resource_missing"
      And the header "request-id" matches /^req_/
      And it took less than 2 s

  Rule: A caller has to be known

    @critical @failure:auth-refused
    Scenario: A wrong key is refused, and not tried again
      Given our credentials are wrong
      When we call getPaymentIntent with
        | id | pi_123 |
      Then the answer is 401
      And "$.error.type" is "invalid_request_error"
      And we made 1 attempt

    Scenario: No key is refused as well
      Given our credentials are missing
      When we call createPaymentIntent with
        | amount   | 2000 |
        | currency | eur  |
      Then the answer is 401

  Rule: Some refusals are not about the request

    @only:mock
    Scenario Outline: A refusal that is not our doing is told as it is
      Given the partner answers the next call with <status>
      When we call createPaymentIntent with
        | amount   | 2000 |
        | currency | eur  |
      Then the answer is <status>
      And "$.error.type" is "<type>"
      And we made 1 attempt
      And the partner holds 0 payments

      Examples:
        | status | type                  |
        | 403    | invalid_request_error |
        | 409    | idempotency_error     |
        | 424    | api_error             |
