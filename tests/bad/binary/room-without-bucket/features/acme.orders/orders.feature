Feature: Orders

  Scenario: An order is kept
    Given the partner has room for 1 more call of createOrder
    When we call createOrder with
      | amount   | 2000 |
      | currency | eur  |
    Then the answer is 201
