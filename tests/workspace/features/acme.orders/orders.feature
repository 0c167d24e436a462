@nightly
Feature: Orders

  Scenario Outline: An order of <amount> is taken
    When we call createOrder with
      | amount | <amount> |
    Then the answer is 201

    Examples:
      | amount |
      | 1      |
      | 2000   |

  @failure:rate-limit @critical
  Scenario: Throttling is waited out
    Given the partner throttles the next 2 calls
    When we call listOrders
    Then the answer is 200
