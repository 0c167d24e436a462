@nightly @gate
Feature: Catching up
  After an outage we read everything that changed, page by page, and leave nothing out.

  @critical @only:mock
  Scenario: Every page leads to the next
    When we call listOrders as first with
      | status | any |
      | limit  | 2   |
    Then the answer is 200
    And "$.orders" has 2 items
    And we remember the header "Link" matching /page_info=([^>&]+)>; rel="next"/ as second_page
    When we call listOrders as second with
      | page_info | {second_page} |
      | limit     | 2             |
    Then the answer is 200
    And "$.orders" has 2 items
    And the header "Link" contains "previous"
    And we remember the header "Link" matching /page_info=([^>&]+)>; rel="next"/ as last_page
    When we call listOrders as last with
      | page_info | {last_page} |
      | limit     | 2           |
    Then the answer is 200
    And "$.orders" has 1 item
    And the header "Link" matches /^<[^>]+>; rel="previous"$/
    And the first's "$.orders[0].name" is "#1001"
    And the second's "$.orders[0].name" is "#1003"
    And the last's "$.orders[0].name" is "#1005"

  Scenario: A page admits no new filter
    When we call listOrders with
      | status | any |
      | limit  | 2   |
    Then the answer is 200
    And we remember the header "Link" matching /page_info=([^>&]+)>; rel="next"/ as next
    When we call listOrders with
      | page_info | {next}    |
      | status    | cancelled |
    Then the answer is 400
    And "$.errors.status" is a string

  @only:mock
  Scenario Outline: There are as many orders as the count says
    When we call countOrders with
      | status | <status> |
    Then the answer is 200
    And "$.count" is <count>
    When we call listOrders with
      | status | <status> |
    Then the answer is 200
    And "$.orders" has <count> items

    Examples:
      | status    | count |
      | open      | 3     |
      | closed    | 1     |
      | cancelled | 1     |
      | any       | 5     |
