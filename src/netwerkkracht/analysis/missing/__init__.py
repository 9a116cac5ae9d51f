"""The answer under other assumptions about who was not interviewed again, and about who is compared."""
