Feature: Orders

  Scenario: An order is kept
    When we call getOrder with
      | id | or_1 |
    Then the answer is 200
