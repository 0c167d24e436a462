Feature: Notes

  Scenario: Notes can be listed
    When we call listNotes
    Then the answer is 200
