Feature: Orders in trouble

  @failure:timeout
  Scenario: Silence is told
    Given the partner stays silent for every call
    When we call getOrder with
      | order | or_1 |
    Then there is no answer: timeout
