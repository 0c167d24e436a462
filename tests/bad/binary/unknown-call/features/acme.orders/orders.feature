Feature: Orders

  Scenario: An order is kept
    When we call createOrder as first with
      | amount   | 2000 |
      | currency | eur  |
    Then the frist's answer is 201
