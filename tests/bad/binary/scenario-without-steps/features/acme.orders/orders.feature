Feature: Orders

  Scenario: An order is kept
