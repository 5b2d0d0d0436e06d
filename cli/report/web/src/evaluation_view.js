export function evaluationView() { return []; }
