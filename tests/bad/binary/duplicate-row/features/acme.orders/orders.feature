Feature: Orders

  Scenario Outline: An order is kept
    When we call createOrder with
      | amount   | <amount> |
      | currency | eur      |
    Then the answer is 201

    Examples:
      | amount |
      | 1      |
      | 1      |
