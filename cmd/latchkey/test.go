package main

type testCmd struct {
	Folder string `arg:"" optional:"" help:"Folder of the pack; the bundled pack when left out."`
}

// Run runs the dialogue tests of a pack.
func (c *testCmd) Run(e *env) error {
	_, err := loadPack(e, c.Folder)
	return err
}
