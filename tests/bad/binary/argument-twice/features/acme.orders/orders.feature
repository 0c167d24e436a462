Feature: Orders

  Scenario: An order is kept
    When we call createOrder with
      | amount   | 2000 |
      | amount   | 2001 |
    Then the answer is 201
