Feature: Orders

  Scenario: An order is kept
    When we call createOrder with
      | amount   | 2000 |
      | currency | eur  |
    Then the answer is 201
    And "$.amount" is a nmber
    And "$.amount" is over 1999
    And "$.currency" is eur
    And "$.currency" matches ^eur$
