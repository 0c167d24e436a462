Feature: Orders

  Scenario: An order is kept
    Givne our credentials are wrong
