@nightly @only:mock
Feature: Answers that are none, and answers that would harm us
  Whatever comes is read within bounds, and told for what it is.

  @failure:schema-drift
  Scenario Outline: What is not what was promised is told as such
    Given the partner answers the next call <so>
    When we call getPaymentIntent with
      | id | pi_123 |
    Then the answer is 200
    And the answer breaks the contract
    And we made 1 attempt

    Examples:
      | so                               |
      | as "text/html"                   |
      | with an HTML page                |
      | with invalid UTF-8               |
      | with 10000 levels of nesting     |
      | with a compressed bomb           |

  Scenario: More than we read is not an answer
    Given the partner answers the next call with 50 MB
    When we call getPaymentIntent with
      | id | pi_123 |
    Then there is no answer: protocol
    And we made 1 attempt
