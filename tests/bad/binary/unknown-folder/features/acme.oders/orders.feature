@smoke
Feature: Orders

  Scenario: An order is kept
    When we call createOrder with
      | amount   | 2000 |
      | currency | eur  |
    Then the answer is 201
    And we remember "$.id" as order
    When we call getOrder with
      | id | {order} |
    Then the answer is 200
    And "$.amount" is 2000
