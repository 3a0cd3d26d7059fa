package clerk

type entries struct{}
