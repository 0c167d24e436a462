Feature: All

  @contract:v1
  Scenario: An order is kept
    When we call acme.orders: getOrder with
      | id | or_1 |
    Then the answer is 404
