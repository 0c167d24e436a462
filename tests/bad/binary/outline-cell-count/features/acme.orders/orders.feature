Feature: Orders

  Scenario Outline: An order is kept
    When we call createOrder with
      | amount   | <amount>   |
      | currency | <currency> |
    Then the answer is 201

    Examples:
      | amount | currency |
      | 1      | eur      |
      | 2      |
