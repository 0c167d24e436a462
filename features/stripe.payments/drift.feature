@nightly @gate @only:mock
Feature: Stripe changes without a word
  An answer that no longer keeps its contract is noticed here, before a customer notices it.

  @critical @failure:schema-drift
  Scenario Outline: A change that would break us is found
    Given the partner's answer drifts: "<place>" <change>
    When we call getPaymentIntent with
      | id | pi_123 |
    Then the answer is 200
    And breaking drift is found at "<place>"

    Examples:
      | place                 | change               |
      | $.status              | has an unknown value |
      | $.cancellation_reason | has an unknown value |
      | $.amount              | has another type     |
      | $.amount_received     | is missing           |

  @failure:schema-drift
  Scenario: A member that we do not know yet is noted, and does no harm
    Given the partner's answer to getPaymentIntent drifts: "$.loyalty_points" is new
    When we call getPaymentIntent with
      | id | pi_123 |
    Then the answer keeps the contract
    And additive drift is found at "$.loyalty_points"

  Scenario: An answer as promised shows no drift
    When we call getPaymentIntent with
      | id | pi_123 |
    Then the answer keeps the contract
    And no drift is found
