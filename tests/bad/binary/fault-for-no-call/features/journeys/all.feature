Feature: All

  Scenario: An order that comes late
    Given the partner takes 5 s for the next 0 calls of acme.orders: createOrder
    When we call acme.orders: createOrder with
      | amount   | 2000 |
      | currency | eur  |
    Then the answer is 201
