const COLORS = 8;  // in the style sheet

// The colour of the policy at an index of the evaluation.
export const colorOf = (index) => `--policy-${index % COLORS}`;
