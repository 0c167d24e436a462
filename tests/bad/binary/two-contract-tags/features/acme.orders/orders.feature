@contract:v1
Feature: Orders

  Scenario: Said once
    When we call getOrder with
      | id | or_1 |
    Then the answer is 404

  @slow @contract:v2
  Scenario: Said twice
    When we call getOrder with
      | id | or_1 |
    Then the answer is 404
