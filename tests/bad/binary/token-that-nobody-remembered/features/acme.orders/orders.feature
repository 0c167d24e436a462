Feature: Orders

  Scenario: An order is kept
    When we call createOrder with
      | amount   | 2000 |
      | currency | eur  |
    And we remember "$.id" as token
    Given our access token is {tokn}
    When we call getOrder with
      | id | {token} |
    Then the answer is 200
