Feature: Orders

  Scenario: An order is kept
    When we call getOrder with
      | id | or_1 |
    Thne the answer is 404
    And "$.error" is "unknown_order"
