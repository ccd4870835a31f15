// Cosines and sines of one, two and three sevenths of a turn.
export const C1: f64 = 0.6234898018587336;
export const C2: f64 = -0.22252093395631434;
export const C3: f64 = -0.9009688679024191;
export const S1: f64 = 0.7818314824680298;
export const S2: f64 = 0.9749279121818236;
export const S3: f64 = 0.4338837391175582;
