Feature: Orders

  Scenario: An order is kept
    When we call createOrder with
      """
      {"amount": 2000, "currency": "eur"}
    Then the answer is 201
