Feature: Orders

  Scenario: An order is kept
    Given our access token has expired
    When we call createOrder with
      | amount   | 2000 |
      | currency | eur  |
