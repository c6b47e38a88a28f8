package main

import "latchkey/flows"

type schemaCmd struct{}

// Run prints the schema, for editors whose YAML plug-in wants it as a file.
func (schemaCmd) Run(e *env) error {
	_, err := e.stdout.Write(flows.SchemaJSON())
	return err
}
