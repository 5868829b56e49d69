-- Boundaries are found by their work since 0002.
DROP INDEX tenant_state_by_boundary;
