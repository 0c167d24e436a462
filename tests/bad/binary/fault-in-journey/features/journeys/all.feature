Feature: All

  Scenario: An order that is cut off
    Given the partner cuts the connection before it answers the next call
    When we call acme.orders: createOrder with
      | amount   | 2000 |
      | currency | eur  |
    Then there is no answer: reset
