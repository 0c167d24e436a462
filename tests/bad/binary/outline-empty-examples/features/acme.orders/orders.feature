Feature: Orders

  Scenario Outline: An order is kept
    When we call createOrder with
      | amount   | 1          |
      | currency | <currency> |
    Then the answer is 201

    Examples:
