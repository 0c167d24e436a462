Feature: Orders

  @only:mocks
  Scenario: A
    When we call getOrder with
      | id | or_1 |
    Then the answer is 404

  @retry(many)
  Scenario: B
    When we call getOrder with
      | id | or_1 |
    Then the answer is 404

  @retry(99)
  Scenario: C
    When we call getOrder with
      | id | or_1 |
    Then the answer is 404

  @failure:rate-limits
  Scenario: D
    When we call getOrder with
      | id | or_1 |
    Then the answer is 404
