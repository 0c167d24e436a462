Feature: Orders

  Scenario: An order is kept
    When we call createOrder with
      | amount   | 2000 |
      | currency | eur  |
    Then the answer is 201
    And we remember the header "Link" matching /page_info=[^>]+/ as next
    And we remember the header "Link" matching /(page)_(info)/ as other
    And we remember the header "Link" matching /(page/ as third
