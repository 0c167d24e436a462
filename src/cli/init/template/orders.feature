@nightly @gate
Feature: Orders

  Scenario: An order that was placed can be read
    When we call placeOrder with
      | sku      | anvil |
      | quantity | 2     |
    Then the answer is 201
    And we remember "$.id" as order
    When we call getOrder with
      | id | {order} |
    Then the answer is 200
    And "$.status" is "open"

  Scenario: An order that is not there is told so
    When we call getOrder with
      | id | or_none |
    Then the answer is 404
    And "$.code" is "unknown"

  @failure:rate-limit
  Scenario: Throttling is waited out, and the order is placed once
    Given the partner throttles the next 2 calls
    When we call placeOrder with
      | sku      | anvil |
      | quantity | 2     |
    Then the answer is 201
    And we made 3 attempts, each with the same idempotency key
    And the partner holds 1 order
