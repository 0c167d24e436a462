Feature: Orders

  @contract:v9
  Scenario: A
    When we call getOrder with
      | id | or_1 |
    Then the answer is 404
