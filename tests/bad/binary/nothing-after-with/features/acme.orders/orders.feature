Feature: Orders

  Scenario: An order is kept
    When we call createOrder with
    Then the answer is 201
