"""The intermediate representation: grammar, types, builder, printer, verifier, interpreter."""
