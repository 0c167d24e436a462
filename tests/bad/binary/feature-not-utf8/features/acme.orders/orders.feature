Feature: Orders

  Scenario: café
    Given our credentials are wrong
