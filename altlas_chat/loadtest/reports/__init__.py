"""What a run found, for people and for programs: HTML, Markdown, CSV and JUnit."""
