Feature: Orders

  Scenario: An order is kept
    Then the answer is 201
