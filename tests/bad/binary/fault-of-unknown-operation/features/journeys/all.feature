Feature: All

  Scenario: An order that comes late
    Given the partner takes 5 s for the next 2 calls of acme.orders: createOrdr
    When we call acme.orders: createOrder with
      | amount   | 2000 |
      | currency | eur  |
    Then the answer is 201
